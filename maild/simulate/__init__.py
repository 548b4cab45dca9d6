"""FACE. A desk played on a jumping clock through the real flows; nothing is sent, nothing kept."""

from maild.simulate.play import play
from maild.simulate.timeline import Timeline

__all__ = ["Timeline", "play"]
