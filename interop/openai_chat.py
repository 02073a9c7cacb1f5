"""openai-python against the scripted model server: is the server that tests our client right?

Usage: openai_chat.py MODEL_SERVER. Every check prints one line; the first that fails ends the run.
"""

import json
import subprocess
import sys

import openai


def acts(*steps):
    return [{"role": "user", "content": json.dumps(steps)}]


def stream(client, messages, **more):
    """All chunks of an answer, and what they add up to."""
    chunks = list(
        client.chat.completions.create(
            model="stand-in",
            messages=messages,
            stream=True,
            stream_options={"include_usage": True},
            **more,
        )
    )
    choices = [choice for chunk in chunks for choice in chunk.choices]
    text = "".join(choice.delta.content or "" for choice in choices)
    finish = [choice.finish_reason for choice in choices if choice.finish_reason]
    usage = [chunk.usage for chunk in chunks if chunk.usage]
    return chunks, text, finish, usage


def models(client):
    names = [model.id for model in client.models.list()]
    assert names == ["stand-in", "stand-in-mini"], names


def text_and_usage(client):
    chunks, text, finish, usage = stream(client, acts({"say": "Grüße, 世界 🌍"}))
    assert text == "Grüße, 世界 🌍", text
    assert finish == ["stop"], finish
    assert len(usage) == 1 and not chunks[-1].choices, "usage comes once, in a last chunk of its own"
    assert usage[0].total_tokens == usage[0].prompt_tokens + usage[0].completion_tokens
    assert len({chunk.id for chunk in chunks}) == 1, "one answer has one id"
    assert all(chunk.object == "chat.completion.chunk" for chunk in chunks)


def many_deltas(client):
    _, text, _, _ = stream(client, acts({"count": 500}))
    assert text.split() == [str(n) for n in range(1, 501)], text[:80]


def reasoning(client):
    chunks, text, _, _ = stream(client, acts({"think": "hm"}, {"say": "so"}))
    deltas = [choice.delta for chunk in chunks for choice in chunk.choices]
    thought = "".join(getattr(delta, "reasoning_content", None) or "" for delta in deltas)
    assert (thought, text) == ("hm", "so"), (thought, text)


TOOL = {
    "type": "function",
    "function": {
        "name": "fs_list",
        "description": "Lists a folder.",
        "parameters": {"type": "object", "properties": {"path": {"type": "string"}}},
    },
}


def tool_round(client):
    """The client's own accumulator puts the call together; its result brings the rest."""
    asked = acts({"tool": "fs_list", "args": {"path": "a/ü"}}, {"say": "done"})
    with client.chat.completions.stream(
        model="stand-in",
        messages=asked,
        tools=[TOOL],
        stream_options={"include_usage": True},
    ) as answer:
        message = answer.get_final_completion().choices[0]
    assert message.finish_reason == "tool_calls", message
    call = message.message.tool_calls[0]
    assert call.function.name == "fs_list" and call.id, call
    assert json.loads(call.function.arguments) == {"path": "a/ü"}, call
    said = {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {
                "id": call.id,
                "type": "function",
                "function": {
                    "name": call.function.name,
                    "arguments": call.function.arguments,
                },
            }
        ],
    }
    result = {"role": "tool", "tool_call_id": call.id, "content": "b.txt"}
    _, text, finish, _ = stream(client, [*asked, said, result], tools=[TOOL])
    assert (text, finish) == ("done", ["stop"]), (text, finish)


def error_in_the_stream(client):
    try:
        stream(client, acts({"say": "so far"}, {"fail": "overloaded"}))
    except openai.APIError as error:
        assert "overloaded" in str(error), error
    else:
        raise AssertionError("an error inside a stream went unnoticed")


def refusals(client):
    for make, expected in [
        (lambda: client.with_options(api_key="wrong").models.list(), openai.AuthenticationError),
        (lambda: stream(client, [{"role": "user", "content": "no acts"}]), openai.BadRequestError),
        (
            lambda: client.chat.completions.create(
                model="nobody",
                messages=acts({"say": "x"}),
                stream=True,
                stream_options={"include_usage": True},
            ),
            openai.NotFoundError,
        ),
    ]:
        try:
            make()
        except expected as error:
            assert error.body and error.message, "a refusal says why"
        else:
            raise AssertionError(f"no {expected.__name__}")


CHECKS = [models, text_and_usage, many_deltas, reasoning, tool_round, error_in_the_stream, refusals]


def main():
    server = subprocess.Popen(
        [sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        ready = json.loads(server.stdout.readline())
        client = openai.OpenAI(
            base_url=ready["url"], api_key=ready["key"], max_retries=0, timeout=30
        )
        for check in CHECKS:
            check(client)
            print(f"ok  {check.__name__.replace('_', ' ')}")
        server.stdin.close()
        end = json.loads(server.stdout.readline())
        assert not end["violations"], "the client broke the stand-in's rules: " + str(end)
        print(f"openai {openai.__version__}: {len(CHECKS)} checks, {end['requests']} requests")
    finally:
        server.kill()


main()
