"""Measure the image that `make image` has built: its size, and seconds from its start to its first page.

`python -m benchmarks.image` prints one JSON object.
"""

import json
import sys
import time
import urllib.request

from tests.serving.image import command_output, engine_with_image, inside, serving


def main() -> None:
    """Measure one start."""
    engine = engine_with_image()
    if engine is None:
        sys.exit("There is no image `digits`. Run `make image` first.")
    with inside(engine) as words:
        kilobytes = int(command_output(*words, "sh", "-c", "du -sxk / 2>/dev/null || true").split()[0])
    started = time.perf_counter()
    with serving(engine) as url, urllib.request.urlopen(url, timeout=60) as page:
        assert b"kernelId" in page.read(), "the page has no kernel"
        seconds = time.perf_counter() - started
    print(
        json.dumps({"engine": engine, "megabytes": round(kilobytes / 1000), "seconds_to_first_page": round(seconds, 1)})
    )


if __name__ == "__main__":
    main()
