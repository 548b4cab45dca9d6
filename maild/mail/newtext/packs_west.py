"""English, French, Spanish, Portuguese, Italian, German, Dutch and their neighbours."""

from maild.mail.newtext.pack import Label, Pack

ENGLISH = Pack(
    code="en",
    openings=("On", "At"),  # "At 6/16/2016 08:32 PM, you wrote:" is Eudora's
    wrote=("wrote", "writes", "you wrote", "has written", "said", "sent"),
    labels={
        Label.FROM: ("From",),
        Label.SENT: ("Sent", "Date", "Sent at", "Date sent"),
        Label.TO: ("To",),
        Label.CC: ("Cc", "Bcc", "CC"),
        Label.SUBJECT: ("Subject", "Subj", "Re"),
        Label.OTHER: (
            "Reply-To",
            "Reply To",
            "Attachments",
            "Importance",
            "Organization",
            "Newsgroups",
            "Message-ID",
            "Sender",
            "Resent-From",
        ),
    },
    originals=("Original Message", "Original Mail", "Original e-mail", "Original email"),
    forwards=(
        "Forwarded message",
        "Begin forwarded message",  # Apple Mail
        "Forwarded by",  # Lotus Notes
        "Forwarded Mail",
        "Forward message",
        "Forwarded email",
    ),
    devices=(
        "Sent from",
        "Sent via",
        "Sent with",
        "Sent by",
        "Sent on",
        "Sent using",
        "Send from",
        "Get Outlook for",
        "Get [Outlook for",
        "Get BlueMail for",
        "Download Outlook for",
        "From my iPhone",
        "From my mobile",
        "Yahoo Mail: Search, Organize, Conquer",
        "Sent from my",
    ),
    reply_above=(
        "Please type your reply above this line",  # Zendesk
        "Reply above this line",  # Help Scout, Freshdesk, Jira
        "Please reply above this line",
        "Type your response above this line",
        "Write your reply above this line",
        "Write above this line to post a reply",
        "Add your reply above here",
        "Please write above this line",
        "Do not write below this line",
    ),
    closings=(
        "Best regards",
        "Kind regards",
        "Warm regards",
        "Regards",
        "With best regards",
        "With kind regards",
        "Many thanks",
        "Thanks",
        "Thank you",
        "Sincerely",
        "Yours sincerely",
        "Yours faithfully",
        "Yours truly",
        "Best",
        "Best wishes",
        "All the best",
        "Cheers",
        "Respectfully",
        "Thanks and regards",
        "Thanks & regards",
    ),
)

FRENCH = Pack(
    code="fr",
    openings=("Le", "En date du"),
    wrote=("a écrit", "écrit", "a écrit ce qui suit", "ont écrit"),
    labels={
        Label.FROM: ("De", "Expéditeur"),
        Label.SENT: (
            "Envoyé",
            "Envoyé le",
            "Date",
            "Message du",  # Orange webmail
            "Date d'envoi",
            "Envoyée",
        ),
        Label.TO: ("À", "A", "Pour", "Destinataire"),
        Label.CC: ("Cc", "Copie", "Copie à"),
        Label.SUBJECT: ("Objet", "Sujet"),
        Label.OTHER: ("Répondre à", "Pièces jointes"),
    },
    originals=("Message original", "Message d'origine", "Message initial"),
    forwards=(
        "Message transféré",
        "Début du message transféré",
        "Début du message réexpédié",
        "Message réexpédié",
        "Forwarded message",
        "Courriel transféré",
    ),
    devices=(
        "Envoyé depuis",
        "Envoyé de mon",
        "Envoyé à partir de",
        "Envoyé avec",
        "Télécharger Outlook",
        "Obtenir Outlook",
        "Envoyé via",
    ),
    reply_above=("Veuillez saisir votre réponse au-dessus de cette ligne",),
    closings=("Cordialement", "Bien cordialement", "Bien à vous", "Salutations"),
)

SPANISH = Pack(
    code="es",
    openings=("El", "En"),
    wrote=("escribió", "ha escrito", "escribio", "ha escrit", "va escriure"),
    labels={
        Label.FROM: ("De", "Desde"),
        Label.SENT: ("Enviado", "Fecha", "Enviado el", "Fecha de envío", "Enviada"),
        Label.TO: ("Para", "A"),
        Label.CC: ("CC", "Cc"),
        Label.SUBJECT: ("Asunto",),
        Label.OTHER: ("Responder a",),
    },
    originals=("Mensaje original", "Mensaje Original"),
    forwards=("Mensaje reenviado", "Inicio del mensaje reenviado"),
    devices=("Enviado desde", "Enviado con", "Obtener Outlook", "Descargar Outlook"),
    reply_above=("Por favor, escriba su respuesta sobre esta línea",),
    closings=("Saludos", "Un saludo", "Saludos cordiales", "Atentamente"),
)

PORTUGUESE = Pack(
    code="pt",
    openings=("Em", "No dia", "A"),
    wrote=("escreveu", "escreveram"),
    labels={
        Label.FROM: ("De", "Remetente"),
        Label.SENT: ("Enviado", "Enviada em", "Data", "Enviado em", "Enviada", "Enviadas"),
        Label.TO: ("Para",),
        Label.CC: ("Cc", "Cópia"),
        Label.SUBJECT: ("Assunto",),
    },
    originals=("Mensagem original", "Mensagem Original"),
    forwards=("Mensagem encaminhada", "Início da mensagem reencaminhada", "Mensagem reencaminhada"),
    devices=(
        "Enviado do meu",
        "Enviado de meu",
        "Enviado a partir",
        "Enviado via",
        "Obter o Outlook",
        "Obtenha o Outlook",
    ),
    closings=("Atenciosamente", "Cumprimentos", "Att", "Abraços"),
)

ITALIAN = Pack(
    code="it",
    openings=("Il", "In data", "Il giorno"),
    wrote=("ha scritto", "scrive", "scriveva", "hanno scritto"),
    labels={
        Label.FROM: ("Da", "Mittente"),
        Label.SENT: ("Inviato", "Data", "Inviato il", "Data invio"),
        Label.TO: ("A", "Per"),
        Label.CC: ("Cc", "Copia"),
        Label.SUBJECT: ("Oggetto",),
        Label.OTHER: ("Risposta", "Rispondi a"),
    },
    originals=("Messaggio originale", "Messaggio Originale"),
    forwards=("Messaggio inoltrato", "Inizio messaggio inoltrato"),
    devices=("Inviato da", "Inviato dal", "Scarica Outlook", "Ottieni Outlook"),
    closings=("Cordiali saluti", "Distinti saluti", "Saluti"),
)

GERMAN = Pack(
    code="de",
    openings=("Am", "Den"),
    wrote=("schrieb", "hat geschrieben", "geschrieben", "schrieb am"),
    labels={
        Label.FROM: ("Von", "Absender"),
        Label.SENT: ("Gesendet", "Datum", "Gesendet am", "Gesendet um"),
        Label.TO: ("An", "Empfänger"),
        Label.CC: ("Cc", "Kopie"),
        Label.SUBJECT: ("Betreff",),
        Label.OTHER: ("Antwort an", "Anlagen", "Antworten an", "Priorität"),
    },
    originals=(
        "Ursprüngliche Nachricht",
        "Originalnachricht",
        "Original-Nachricht",
        "Ursprüngliche Mail",
    ),
    forwards=(
        "Weitergeleitete Nachricht",
        "Anfang der weitergeleiteten Nachricht",
        "Anfang der weitergeleiteten E-Mail",
        "Weitergeleitete Mail",
        "Ende der weitergeleiteten Nachricht",
    ),
    devices=(
        "Gesendet von",
        "Gesendet mit",
        "Von meinem",
        "Von meiner",
        "Holen Sie sich Outlook",
        "Outlook für Android",
        "Outlook für iOS",
    ),
    device_ends=("K-9 Mail gesendet", "iPhone gesendet", "Mobiltelefon gesendet"),
    closings=(
        "Mit freundlichen Grüßen",
        "Viele Grüße",
        "Freundliche Grüße",
        "Beste Grüße",
        "Liebe Grüße",
        "MfG",
    ),
)

DUTCH = Pack(
    code="nl",
    openings=("Op", "Am"),
    wrote=(
        "schreef",
        "het volgende geschreven",
        "heeft het volgende geschreven",
        "schreef het volgende",
        "geschreven",
    ),
    labels={
        Label.FROM: ("Van", "Afzender"),
        Label.SENT: ("Verzonden", "Datum", "Verzonden op"),
        Label.TO: ("Aan",),
        Label.CC: ("CC", "Cc", "Kopie"),
        Label.SUBJECT: ("Onderwerp", "Betreft"),
    },
    originals=("Oorspronkelijk bericht", "Origineel bericht", "Oorspronkelijke bericht"),
    forwards=("Doorgestuurd bericht", "Begin doorgestuurd bericht"),
    devices=(
        "Verzonden vanaf",
        "Verzonden met",
        "Verstuurd vanaf",
        "Verzonden via",
        "Download Outlook",
    ),
    closings=("Met vriendelijke groet", "Met vriendelijke groeten", "Groeten", "Groet", "Mvg"),
)

WEST = (ENGLISH, FRENCH, SPANISH, PORTUGUESE, ITALIAN, GERMAN, DUTCH)
