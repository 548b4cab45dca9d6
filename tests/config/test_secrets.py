"""Passwords come from where only the daemon can read them, and show up nowhere."""

from pathlib import Path

import pytest

from maild.config.load import load
from maild.config.problems import ConfigError
from tests.config.desk import ENV, changed, write

PASSWORD = "correct horse battery"
FILE = ("password_env: STUDENT", "password_file: secrets/student")
CREDENTIAL = ("password_env: STUDENT", "password_credential: student")


def shelf(directory: Path, content: bytes = PASSWORD.encode() + b"\n", mode: int = 0o600) -> Path:
    write(directory, changed(FILE))
    (directory / "secrets").mkdir()
    secret = directory / "secrets" / "student"
    secret.write_bytes(content)
    secret.chmod(mode)
    return directory


def password(directory: Path, env: dict[str, str] | None = None) -> str:
    secret = load(directory, env or {}).desks["help"].mailboxes["student"].imap.password
    assert secret is not None
    return secret.text


def test_a_password_lies_in_a_file_without_its_line_end(tmp_path: Path) -> None:
    assert password(shelf(tmp_path)) == PASSWORD


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620])
def test_a_password_others_can_touch_is_refused(mode: int, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as error:
        load(shelf(tmp_path, mode=mode), {}, secrets=False)
    (problem,) = error.value.problems
    assert problem.what == "others can read secrets/student"
    assert problem.hint == "chmod 600 secrets/student"


@pytest.mark.parametrize("content", [b"", b"\n", b"two\nlines\n", b"\xff\xfe", b"x" * 5000])
def test_a_password_that_is_none_is_refused(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as error:
        load(shelf(tmp_path, content), {}, secrets=False)
    assert "secrets/student" in str(error.value)
    assert "two" not in str(error.value)


def test_a_directory_is_no_password(tmp_path: Path) -> None:
    write(tmp_path, changed(FILE))
    (tmp_path / "secrets" / "student").mkdir(parents=True)
    with pytest.raises(ConfigError, match="secrets/student"):
        load(tmp_path, {})


def test_a_password_lies_in_a_systemd_credential(tmp_path: Path) -> None:
    write(tmp_path, changed(CREDENTIAL))
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "student").write_text(PASSWORD)
    assert password(tmp_path, {"CREDENTIALS_DIRECTORY": str(tmp_path / "run")}) == PASSWORD


def test_without_systemd_the_credential_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="LoadCredential=student:FILE"):
        load(write(tmp_path, changed(CREDENTIAL)), {})


def test_a_password_in_the_file_needs_insistence(tmp_path: Path) -> None:
    desk = changed(("password_env: STUDENT", f"password: {PASSWORD}"))
    with pytest.raises(ConfigError) as error:
        load(write(tmp_path, desk), {})
    assert PASSWORD not in str(error.value)
    write(tmp_path, desk, "insecure_passwords_in_yaml: true\n")
    assert password(tmp_path) == PASSWORD


def test_a_password_never_shows(tmp_path: Path) -> None:
    env = {"STUDENT": PASSWORD}
    assert PASSWORD not in repr(load(write(tmp_path), env))


def test_a_mistake_beside_a_password_does_not_print_it(tmp_path: Path) -> None:
    desk = changed(("password_env: STUDENT", f"password: {PASSWORD}, prot: 993, port: {PASSWORD}x"))
    with pytest.raises(ConfigError) as error:
        load(write(tmp_path, desk), ENV)
    assert "unknown key 'prot'" in str(error.value)


def test_a_password_written_as_a_list_is_not_printed(tmp_path: Path) -> None:
    desk = changed(("password_env: STUDENT", f"password: [{PASSWORD}]"))
    with pytest.raises(ConfigError) as error:
        load(write(tmp_path, desk), ENV)
    assert PASSWORD not in str(error.value)
