"""Foreign HTML made fit to show an agent: no script, no style tricks, nothing fetched."""

from urllib.parse import urlsplit

import nh3

_TAGS = frozenset(
    [
        "a", "abbr", "b", "bdi", "bdo", "big", "blockquote", "br", "caption", "center", "cite",
        "code", "col", "colgroup", "dd", "del", "div", "dl", "dt", "em", "font", "h1", "h2", "h3",
        "h4", "h5", "h6", "hr", "i", "img", "ins", "li", "ol", "p", "pre", "q", "s", "small",
        "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead",
        "tr", "tt", "u", "ul",
    ]
)  # fmt: skip
_ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align"},
    "table": {"border", "cellpadding", "cellspacing"},
    "ol": {"start", "type"},
    "font": {"color", "size"},
    "blockquote": {"type"},
}
_LONGEST = 1024 * 1024


def sanitise(source: str) -> str:
    """Return safe HTML: pictures only from the mail itself (`cid:`), links only to web and mail.

    Style attributes are dropped whole (overlays, hidden text, `url()` of trackers); a picture
    that would be fetched keeps its alternative text alone.
    """
    return nh3.clean(
        source[:_LONGEST],
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        attribute_filter=_filter,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )


def _filter(_tag: str, attribute: str, value: str) -> str | None:
    if attribute == "src" and not value.strip().lower().startswith("cid:"):
        return None
    if attribute == "href":
        try:
            scheme = urlsplit(value.strip()).scheme.lower()
        except ValueError:
            return None
        return value if scheme in {"http", "https", "mailto", "tel"} else None
    return value
