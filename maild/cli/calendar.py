"""maild calendar: a country's holidays as text to check and paste."""

import click

from maild.cli import drawing
from maild.cli.command import Command, WrongUsageError, json_option
from maild.sla.calendar import CalendarError
from maild.sla.holidays import propose


@click.command(cls=Command)
@json_option()
@click.argument("country")
@click.argument("year", type=click.IntRange(1, 9999))
def calendar(country: str, year: int, *, as_json: bool) -> None:
    """Propose the holidays and Ramadan of a YEAR as text to paste into a desk's calendar.

    COUNTRY is a two-letter code such as SA. The dates are computed, and an official announcement
    often differs by a day or more: compare each line before you paste it. Nothing is written
    anywhere.
    """
    try:
        text = propose(country, year)
    except CalendarError as error:
        sentence = str(error)
        raise WrongUsageError(f"{sentence[:1].upper()}{sentence[1:]}.") from None
    warning = "# Check every date against the official announcement before you paste this."
    if as_json:
        drawing.emit({"country": country.strip().upper(), "year": year, "yaml": text})
    else:
        click.echo(f"{warning}\n{text}", nl=False)
