"""maild simulate: a desk file and a story, and what the desk would do."""

from pathlib import Path
from zoneinfo import ZoneInfo

import click

from maild.cli import drawing, timeline
from maild.cli.command import Command, WrongUsageError, json_option
from maild.simulate import play
from maild.simulate.happenings import PlayError
from maild.simulate.scenario import load_scenario


@click.command(cls=Command)
@click.option("--summary", is_flag=True, help="Only the counts, not every line.")
@json_option()
@click.argument("scenario", type=click.Path(path_type=Path))
def simulate(scenario: Path, *, summary: bool, as_json: bool) -> None:
    """Play SCENARIO, a YAML file, on a clock that jumps, and print what happened.

    The desk's own rules, clocks and letters are used, in memory: nothing is sent and no database
    is touched. docs/simulate.md explains the file.
    """
    story = load_scenario(scenario)
    first = min((h.at for h in story.happenings), default=story.until)
    try:
        with timeline.progress(story.title, first, story.until) as watch:
            played = play(story.desk, story.happenings, story.until, watch)
    except PlayError as error:
        raise WrongUsageError(str(error)) from error
    if as_json:
        drawing.emit({"scenario": story.title, **timeline.keys(played)})
        return
    drawing.show(drawing.title(drawing.safe(story.title)))
    if not summary:
        for line in timeline.lines(played, ZoneInfo(story.desk.timezone)):
            click.echo(line)
    drawing.show(timeline.totals(played))
