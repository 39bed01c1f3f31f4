"""Shared by the scripts here: reads jobs from standard input, makes their calls, prints one JSON line for each."""

import asyncio
import inspect
import json
import sys
from typing import Any, Callable


def plain(value: Any) -> Any:
    """What an SDK object holds, as JSON."""
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    return value


def described(error: BaseException) -> dict:
    return {
        "type": type(error).__name__,
        "status": getattr(error, "status_code", None),
        "message": getattr(error, "message", None) or str(error),
        "code": getattr(error, "code", None),
    }


async def collect(outcome: Any, keep: Callable[[Any], Any], items: list) -> Any:
    """A value, or the items of a stream: those that came before an error are kept."""
    if inspect.isawaitable(outcome):
        outcome = await outcome
    if hasattr(outcome, "__aiter__"):
        async for item in outcome:
            items.append(keep(item))
        return None
    if hasattr(outcome, "__next__") or type(outcome).__name__ == "Stream":
        for item in outcome:
            items.append(keep(item))
        return None
    return keep(outcome)


def run(make: Callable[[dict, dict], Any], keep: Callable[[Any], Any] = plain) -> None:
    """
    Takes one job a line until the input ends, because importing these clients takes seconds.
    `make(options, call)` starts one call; what it gives back may be a value, a stream, or either of them awaited.
    """

    async def all_calls(job: dict) -> None:
        for call in job["calls"]:
            items: list = []
            line: dict = {"id": call["id"], "items": items, "value": None, "error": None}
            try:
                line["value"] = await collect(make(job["options"], call), keep, items)
            except Exception as error:  # whatever the client raises is the result
                line["error"] = described(error)
            print(json.dumps(line))

    for job in sys.stdin:
        asyncio.run(all_calls(json.loads(job)))
        print(json.dumps({"done": True}), flush=True)
