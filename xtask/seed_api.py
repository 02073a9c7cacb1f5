"""Things for the API tester to meet: fills a fresh server and writes the tester's configuration.

Usage: seed_api.py URL TOKEN FOLDER. The tester takes one of these ids in most cases and an invented
one in the others, so that routes with an id are tested behind their 404 as well.
"""

import json
import pathlib
import subprocess
import sys
import time
import urllib.error
import urllib.request

URL, TOKEN, FOLDER = sys.argv[1].rstrip("/"), sys.argv[2], pathlib.Path(sys.argv[3])
EACH = 8


def ask(path, body=None):
    request = urllib.request.Request(
        URL + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refusal:
        raise SystemExit(f"{path}: {refusal.read().decode()}") from refusal


def run(acts, preset, projects):
    return ask(
        "/api/conversations/run",
        {
            "input": [{"type": "text", "text": json.dumps(acts)}],
            "preset_id": preset,
            "project_ids": projects,
            "transport": "stream",
        },
    )


def within(seconds, what, probe):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := probe():
            return found
        time.sleep(0.05)
    raise SystemExit(f"no {what} within {seconds} s")


def repository(name):
    folder = FOLDER.resolve() / "repositories" / name
    folder.mkdir(parents=True)
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    return str(folder)


def seeds():
    """Ids by resource; those ending in `_gone` are for the routes that delete."""
    ids = {}
    for use in ("", "_gone"):
        ids["projects" + use] = [
            ask("/api/projects/create", {"root_directory": repository(f"r{use}{n}")})["id"]
            for n in range(EACH)
        ]
        for resource, body in [
            ("folders", {"name": "Folder"}),
            ("workspaces", {"name": "Space"}),
            ("presets", {"name": "Script", "model": {"name": "builtin/script"}, "toolsets": [{"name": "fs"}]}),
            ("providers", {"kind": "openai_compatible", "base_url": "http://127.0.0.1:9/v1"}),
        ]:
            made = []
            for n in range(EACH):
                name = f"{body.get('name', 'Nobody')}{use} {n}"
                field = "display_name" if resource == "providers" else "name"
                made.append(ask(f"/api/{resource}/create", {**body, field: name})["id"])
            ids[resource + use] = made
        preset, project = ids["presets" + use][0], ids["projects" + use][:1]
        talks = [run([{"say": "hello"}], preset, []) for _ in range(EACH)]
        asked = [
            run([{"tool": "fs_list", "args": {"path": "."}}], preset, project) for _ in range(EACH)
        ]
        ids["conversations" + use] = [talk["conversation_id"] for talk in talks + asked]
        ids.setdefault("sessions", [talk["session_id"] for talk in talks + asked])
    pending = "/api/approvals/list?limit=100"
    count = 2 * EACH
    within(30, "question", lambda: len(ask(pending)["items"]) >= count)
    ids["approvals"] = [approval["id"] for approval in ask(pending)["items"]]
    ids["messages"] = [
        message["message"]["id"]
        for talk in ids["conversations"][:EACH]
        for message in ask(f"/api/conversations/{talk}/messages")["items"]
    ]
    return ids


def configuration(ids):
    for name, values in ids.items():
        yield f"[dictionaries.{name}]\nvalues = {json.dumps(values)}\n"
    for name in ids:
        resource = name.removesuffix("_gone")
        verb = "delete$" if name != resource else "(?!delete$)"
        yield (
            "[[operations]]\n"
            f"include-path-regex = '^/api/{resource}/[{{]id[}}]/{verb}'\n"
            f"parameters = {{ 'path.id' = {{ dictionary = '{name}', probability = 0.7 }} }}\n"
        )


ids = seeds()
(FOLDER / "schemathesis.toml").write_text("\n".join(configuration(ids)))
print("seeded:", ", ".join(f"{len(values)} {name}" for name, values in ids.items()))
