"""State names are stored with runs in progress, so they are a format. {(flow, old state): new state}, at a deploy."""

MOVED: dict[tuple[str, str], str] = {}
