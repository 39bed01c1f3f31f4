"""Calls of the `openai` or the `portkey_ai` package, named by their path: "chat.completions.create"."""

from functools import reduce
from typing import Any

from openai import OpenAI
from portkey_ai import Portkey, createHeaders

from calls import run

def client_of(options: dict) -> Any:
    if options["client"] == "portkey":
        return Portkey(base_url=options["base_url"], api_key=options["api_key"], **options["headers"])
    return OpenAI(
        base_url=options["base_url"],
        api_key="unused",
        default_headers=createHeaders(api_key=options["api_key"], **options["headers"]),
        **options.get("client_options", {}),
    )


def make(options: dict, call: dict) -> Any:
    method = reduce(getattr, call["path"].split("."), client_of(options))
    return method(**call["params"])


run(make)
