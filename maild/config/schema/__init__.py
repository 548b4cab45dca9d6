"""The policy language as models: what may be written, and what each text must look like."""

from maild.config.schema.files import DeskFile, InstanceFile

__all__ = ["DeskFile", "InstanceFile"]
