"""Text of format=flowed (RFC 3676): lines that were wrapped by the sender's client, joined."""


def unflow(text: str, delete_space: bool) -> str:
    """Join the flowed lines of RFC 3676; quote depth and the signature line stay as they are."""
    out: list[str] = []
    open_depth = -1  # quote depth of a line that still flows on
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        words = line[depth:].removeprefix(" ")
        if open_depth == depth and words != "-- ":
            out[-1] += words
        else:
            out.append(f"{'>' * depth} {words}" if depth else words)
        flows = words.endswith(" ") and words != "-- "
        if flows and delete_space:
            out[-1] = out[-1][:-1]
        open_depth = depth if flows else -1
    return "\n".join(out)
