"""A saved file goes live in seconds; a broken one leaves the last good configuration in force."""

from pathlib import Path

from tests.e2e.house import House, until


def save(path: Path, text: str) -> None:
    """Save as editors do: a new file takes the name of the old one."""
    draft = path.with_name(f".{path.name}.swp")
    draft.write_text(text)
    draft.replace(path)


def desk_of(house: House) -> Path:
    return house.config / "desks" / "diplomas.yaml"


def test_a_saved_desk_goes_live_and_its_new_mailbox_is_watched(house: House) -> None:
    with house.process() as process:
        save(desk_of(house), house.desk_file(house.mailbox("student"), house.mailbox("finance")))
        until(lambda: '"event": "configuration in force"' in process.journal(), 10)
        until(lambda: _watched(house, "finance"))
        house.write(to=house.at("finance"))
        acknowledgement = house.letter(house.requester()).mail
        assert acknowledgement.from_ is not None
        assert acknowledgement.from_.address == house.at("finance")
        save(desk_of(house), house.desk_file(house.mailbox("finance")))
        until(lambda: process.journal().count('"event": "configuration in force"') == 2, 10)
        assert process.end() == 0


def _watched(house: House, mailbox: str) -> bool:
    with house.store.reading() as tx:
        return tx.mailboxes.cursor("diplomas", mailbox) is not None


def test_a_broken_file_leaves_the_last_good_one_and_the_admins_hear_of_it_once(
    house: House,
) -> None:
    good = desk_of(house).read_text()
    with house.process() as process:
        save(desk_of(house), good.replace("manager: director", "manager: nobody"))
        told = house.letter(house.at("admin"))
        assert "nobody" in told.mail.text
        assert "desks/diplomas.yaml" in told.mail.text
        save(desk_of(house), good.replace("manager: director", "manager: nobody") + "\n")
        house.write()
        house.letter(house.requester())
        save(desk_of(house), good + "\n# mended\n")
        until(lambda: '"event": "configuration in force"' in process.journal(), 10)
        assert process.journal().count("configuration refused") == 1
        assert "Traceback" not in process.journal()
    assert len(house.letters(house.at("admin"))) == 1


def test_a_corrected_password_file_is_used_without_a_restart(house: House) -> None:
    house.secret("student", "wrong")
    house.desk(house.mailbox(secret="secrets/student"))
    with house.process() as process:
        until(lambda: "mailbox in trouble" in process.journal())
        save(house.config / "secrets" / "student2", "secret")
        (house.config / "secrets" / "student2").chmod(0o600)
        (house.config / "secrets" / "student2").replace(house.config / "secrets" / "student")
        until(lambda: "mailbox works again" in process.journal(), 10)
