"""Calls through LlamaIndex, written the way its users write them."""

from typing import Any

from llama_index.core.llms import ChatMessage
from llama_index.llms.openai import OpenAI
from portkey_ai import createHeaders

from calls import run


def make(options: dict, call: dict) -> Any:
    llm = OpenAI(
        api_base=options["base_url"],
        api_key="unused",
        model="gpt-3.5-turbo",
        default_headers=createHeaders(api_key=options["api_key"], **options["headers"]),
        **options.get("client_options", {}),
    )
    method = getattr(llm, call["method"])
    if call["method"].endswith("chat"):
        return method([ChatMessage(role="system", content="Be brief."), ChatMessage(role="user", content=call["prompt"])])
    return method(call["prompt"])


def keep(response: Any) -> dict:
    message = getattr(response, "message", None)
    return {"text": response.text if message is None else message.content, "delta": response.delta}


run(make, keep)
