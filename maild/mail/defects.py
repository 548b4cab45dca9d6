"""The defects a mail may have, as constants. Whoever judges authority looks at DOUBTFUL_SENDER."""

FROM_MISSING = "from-missing"  # no From line at all
FROM_REPEATED = "from-repeated"  # two From lines: clients show either
FROM_SEVERAL = "from-several"  # one From line, several mailboxes (RFC 5322 3.6.2 allows it)
FROM_INVALID = "from-invalid"  # nothing that is an address, or only with repair
FROM_AMBIGUOUS = "from-ambiguous"  # two parsers read different senders
FROM_ADDRESS_IN_NAME = "from-address-in-name"  # "agent@desk.example" <someone@else.example>
FROM_CONTROL = "from-control"  # control, bidi, zero-width or undecodable characters in the address

# With any of these nobody gains authority by this mail (RFC 5322 3.6.2: one From, one author).
DOUBTFUL_SENDER = frozenset(
    {
        FROM_MISSING,
        FROM_REPEATED,
        FROM_SEVERAL,
        FROM_INVALID,
        FROM_AMBIGUOUS,
        FROM_ADDRESS_IN_NAME,
        FROM_CONTROL,
    }
)

ADDRESSES_INVALID = "addresses-invalid"  # To, Cc or Reply-To holds something that is no address
HEADER_REPEATED = "header-repeated"  # a header that RFC 5322 3.6 allows once is there twice
DATE_MISSING = "date-missing"
DATE_INVALID = "date-invalid"
CHARSET_UNKNOWN = "charset-unknown"  # a declared charset that nobody knows
CHARSET_WRONG = "charset-wrong"  # the declared charset did not hold; another was used
ENCODING_UNKNOWN = "transfer-encoding-unknown"
ENCODING_BROKEN = "transfer-encoding-broken"
STRUCTURE = "structure-broken"  # boundaries missing, never opened or never closed
PARTS_REPEATED_TYPE = "content-type-repeated"  # two Content-Type lines; see structure.py
PARTIAL = "message-partial"  # RFC 2046 5.2.2, 5.2.3: fragments and references, never followed
ALTERNATIVES_DIFFER = "alternatives-differ"  # plain text and HTML say different things
TNEF_BROKEN = "tnef-broken"  # winmail.dat could not be opened and is listed whole
HTML_CUT = "html-cut"  # more HTML than is read
EMPTY = "empty"  # no bytes at all
UNREADABLE = "unreadable"  # over a limit: only safe headers are known
