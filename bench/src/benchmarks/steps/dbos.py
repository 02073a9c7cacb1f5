"""Makes durable steps with DBOS when asked to: one line in, one line out.

Asked `one WIDTH SECONDS`, each lane runs one workflow of one step after the other; asked
`many WIDTH SECONDS`, each lane is one workflow that runs one step after the other.
"""

import importlib.metadata
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from dbos import DBOS

DBOS(
    config={
        "name": "weald-bench",
        "system_database_url": sys.argv[1],
        "run_admin_server": False,
        "log_level": "ERROR",
    }
)
ANSWER = "x" * 400


@DBOS.step()
def answer():
    return ANSWER


@DBOS.workflow()
def one():
    answer()


@DBOS.workflow()
def many(seconds):
    end = time.monotonic() + seconds
    steps = 0
    while time.monotonic() < end:
        answer()
        steps += 1
    return steps


def lane_of_one(seconds):
    end = time.monotonic() + seconds
    steps = 0
    while time.monotonic() < end:
        one()
        steps += 1
    return steps


LANES = {"one": lane_of_one, "many": many}


def main():
    DBOS.launch()
    say({"version": importlib.metadata.version("dbos")})
    for line in sys.stdin:
        shape, width, seconds = line.split()
        lane, width, seconds = LANES[shape], int(width), float(seconds)
        with ThreadPoolExecutor(width) as pool:
            start = time.monotonic()
            steps = sum(pool.map(lane, [seconds] * width))
            taken = time.monotonic() - start
        say({"steps": steps, "seconds": taken})


def say(answer):
    print(json.dumps(answer), flush=True)


main()
