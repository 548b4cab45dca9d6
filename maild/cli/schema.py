"""maild schema: the policy language as JSON Schema, for editors."""

import json

import click

from maild.config.load import schema as language


@click.command()
def schema() -> None:
    """Print the JSON Schema of maild.yaml and of a desk file."""
    click.echo(json.dumps(language(), ensure_ascii=False, indent=2))
