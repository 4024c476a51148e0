#!/usr/bin/env python3
"""Holds the docs against what there is: links, flags, reasons, metrics, annotations and the fields of resources.

  hack/lib/docs-checks.py FOLDER     FOLDER holds the binaries toono-controller, toono-speaker and toonoctl

Each check is on its own; what is wrong with one is told on standard error. The last line is "N passed, N failed", the exit
status 0 if nothing failed.
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "charts").glob("*/README.md"))]
FENCE = re.compile(r"^( *)```.*?^ *```$", re.MULTILINE | re.DOTALL)
FLAG = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]*")


def name(path):
    return str(path.relative_to(ROOT))


def prose(path):
    """The text without its fenced blocks."""
    return FENCE.sub("", path.read_text())


def blocks(path):
    """The fenced blocks, with continued lines made one."""
    return [re.sub(r"\\\n\s*", " ", match.group()) for match in FENCE.finditer(path.read_text())]


# --- links ------------------------------------------------------------------------------------------------------------


def anchors(path):
    """The anchors of a page's headings, as GitHub makes them."""
    seen, found = {}, set()
    for heading in re.findall(r"^#+ +(.+?) *$", prose(path), re.MULTILINE):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
        anchor = re.sub(r"[^\w\- ]", "", text).replace(" ", "-")
        count = seen.get(anchor, 0)
        seen[anchor] = count + 1
        found.add(anchor if count == 0 else f"{anchor}-{count}")
    return found


def broken_links():
    for path in DOCS:
        for link in re.findall(r"\]\(([^)\s]+)\)", prose(path)):
            if re.match(r"[a-z]+:", link):
                continue
            file, _, anchor = link.partition("#")
            target = (path.parent / file).resolve() if file else path
            if not target.exists():
                yield f"{name(path)}: {link} leads nowhere"
            elif anchor and target.suffix == ".md" and anchor not in anchors(target):
                yield f"{name(path)}: {link}: the page has no such heading"


def unreachable_pages():
    """Each page can be come to from the README."""
    reached, open_pages = set(), [ROOT / "README.md"]
    while open_pages:
        page = open_pages.pop()
        if page in reached:
            continue
        reached.add(page)
        for link in re.findall(r"\]\(([^)#\s]+\.md)", prose(page)):
            target = (page.parent / link).resolve()
            if target.exists() and ROOT in target.parents:
                open_pages.append(target)
    return [f"no link leads to {name(page)}" for page in DOCS if page not in reached]


# --- flags ------------------------------------------------------------------------------------------------------------


def help_of(folder, *command):
    return subprocess.run(
        [folder / command[0], *command[1:], "--help"], capture_output=True, text=True, timeout=60, check=True).stdout


def commands_of(folder, *command):
    """The command and what is below it, each as a tuple of words."""
    text = help_of(folder, *command)
    yield command, text
    listed = re.search(r"^SUBCOMMANDS:\n(.*?)(?:\n\n|\Z)", text, re.MULTILINE | re.DOTALL)
    for word in re.findall(r"^  ([a-z][a-z-]*)", listed.group(1), re.MULTILINE) if listed else []:
        if word != "help":
            yield from commands_of(folder, *command, word)


def flags_in(text):
    """Those that a help text declares, at the beginning of its lines."""
    found = set()
    for line in text.splitlines():
        match = re.match(r"  (?:-\w, )?(--[a-z][a-z0-9-]*)", line)
        if match:
            found.add(match.group(1))
    return found - {"--help"}


def program_flags(folder):
    """The flags of each program, its subcommands' among them."""
    return {
        program: set().union(*(flags_in(text) for _, text in commands_of(folder, program)))
        for program in ("toono-controller", "toono-speaker", "toonoctl")
    }


# The page that has every flag of the program.
PAGES = {"toono-controller": "configuration.md", "toono-speaker": "configuration.md", "toonoctl": "toonoctl.md"}


def undocumented_flags(flags):
    for program, page in PAGES.items():
        text = (ROOT / "docs" / page).read_text()
        if program != "toonoctl":
            # Its own section: a flag of the same name elsewhere is another one.
            text = re.search(rf"^## Flags of {program}$(.*?)^## ", text, re.MULTILINE | re.DOTALL).group(1)
        for flag in sorted(flags[program]):
            if not re.search(rf"{flag}(?![\w-])", text):
                yield f"docs/{page} does not have {program} {flag}"


def script_flags():
    """What the usage of a script names, by script."""
    found = {}
    for script in (ROOT / "hack").iterdir():
        if script.is_file():
            head = "\n".join(line for line in script.read_text().splitlines()[:40] if line.startswith("#"))
            found[f"hack/{script.name}"] = set(FLAG.findall(head))
    return found


# What every program of the argument parser takes.
COMMON = {"--help", "--generate-completion-script", "--version"}


def unknown_flags(flags):
    """A flag in docs is one of a program of ours, or of the program that stands before it on the line."""
    ours = flags | script_flags()
    any_of_ours = set().union(*ours.values()) | COMMON
    for path in DOCS:
        for block in blocks(path):
            for line in re.split(r"\n|\||;|&&", block):
                line = line.split(" #")[0]
                words = line.split()
                while words and "=" in words[0]:
                    words.pop(0)
                command = words[0] if words else ""
                command = {"kubectl-toono": "toonoctl"}.get(command, command)
                if command == "kubectl" and words[1:2] == ["toono"]:
                    command = "toonoctl"
                if command in ours:
                    for flag in FLAG.findall(line):
                        if flag not in ours[command] | COMMON:
                            yield f"{name(path)}: {command} has no {flag}"
        for code in re.findall(r"`([^`\n]+)`", prose(path)):
            words = code.split()
            if words[0].startswith("--") or words[0] in ours:
                known = ours.get(words[0], any_of_ours) | COMMON
                for flag in FLAG.findall(code):
                    # Other programs' flags are named with the program: `kubectl apply --validate=false`.
                    if flag not in known and (name(path), flag) not in OTHERS:
                        yield f"{name(path)}: there is no {flag}"


# Flags of other programs that prose names by themselves, by the page: of the lab's, of kubectl.
OTHERS = {("docs/lab.md", "--token-file"), ("docs/configuration.md", "--validate"), ("docs/install.md", "--validate")}


# --- reasons, metrics, annotations, fields --------------------------------------------------------------------------


def compare(what, declared, documented, page):
    for missing in sorted(declared - documented):
        yield f"{page} does not have the {what} {missing}"
    for extra in sorted(documented - declared):
        yield f"{page} has the {what} {extra}, which there is not"


def sources(*folders):
    for folder in folders:
        for path in (ROOT / "Sources" / folder).rglob("*.swift"):
            yield path.read_text()


def reasons():
    text = (ROOT / "Sources/Reasons/Reason.swift").read_text()
    declared = set(re.findall(r"^    case (\w+)$", text, re.MULTILINE))
    page = (ROOT / "docs/troubleshooting.md").read_text()
    section = re.search(r"^## Reasons$(.*?)(?:^## |\Z)", page, re.MULTILINE | re.DOTALL)
    documented = set(re.findall(r"^### `?(\w+)`?$", section.group(1) if section else "", re.MULTILINE))
    return compare("reason", declared, documented, "docs/troubleshooting.md")


def warnings():
    text = (ROOT / "Sources/Speaker/SpeakerWarnings.swift").read_text()
    text = re.search(r"enum SpeakerWarning\b.*?^}", text, re.MULTILINE | re.DOTALL).group()
    declared = set(re.findall(r"^    case (\w+)$", text, re.MULTILINE))
    page = (ROOT / "docs/troubleshooting.md").read_text()
    section = re.search(r"^## Warnings$(.*?)(?:^## |\Z)", page, re.MULTILINE | re.DOTALL).group(1)
    return compare("warning", declared, set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)), "docs/troubleshooting.md")


def empty_paragraphs():
    page = (ROOT / "docs/troubleshooting.md").read_text()
    for heading, body in re.findall(r"^### (.+)\n((?:(?!^#).*\n)*)", page, re.MULTILINE):
        if len(body.split()) < 12:
            yield f"docs/troubleshooting.md says next to nothing of {heading}"


METRIC = r"(?:metallb|toono|process)_[a-z0-9_]+"


def metrics():
    declared = set()
    for text in sources("Controller", "Speaker", "Telemetry", "toono-controller", "toono-speaker"):
        declared |= set(re.findall(rf'"({METRIC})"', text))
    page = (ROOT / "docs/metrics.md").read_text()
    # A table of what there is not names others on purpose.
    page = re.sub(r"^## What MetalLB has and Toono has not$.*?^## ", "## ", page, flags=re.MULTILINE | re.DOTALL)
    cells = re.findall(rf"^\| (`{METRIC}`(?:, `{METRIC}`)*) \|", page, re.MULTILINE)
    documented = set(re.findall(METRIC, " ".join(cells)))
    return compare("metric", declared, documented, "docs/metrics.md")


def annotations():
    declared = set()
    for text in sources("ClusterConfiguration", "KubernetesObjects", "Controller", "Speaker", "LegacyConfiguration", "Allocation",
                        "Announcement", "Eligibility"):
        declared |= set(re.findall(r'"(toono\.io/[A-Za-z-]+)"', text))
    page = (ROOT / "docs/configuration.md").read_text()
    documented = set(re.findall(r"(toono\.io/[A-Za-z-]+)", page))
    return compare("annotation, label or condition", declared, documented, "docs/configuration.md")


def events():
    """Names of the Events table, against what the code gives to the API as an event's reason."""
    emitted = set()
    for text in sources("Controller/State"):
        emitted |= set(re.findall(r'(?:report|problem)\(\s*(?:\.\w+, )?"([^"]+)"', text))
        emitted |= set(re.findall(r'reason: isWarning \? "(\w+)"', text))
        emitted |= set(re.findall(r'static let invalid = "(\w+)"', text))
    for text in sources("Speaker", "toono-speaker"):
        for call in re.findall(r"events\.(?:emit|leave)\((.*?)message:", text, re.DOTALL):
            emitted |= set(re.findall(r'"(\w+)"', call.split("reason:")[1]))
    page = (ROOT / "docs/troubleshooting.md").read_text()
    section = re.search(r"^## Events$(.*)", page, re.MULTILINE | re.DOTALL).group(1)
    documented = {name for row in re.findall(r"^\| (`.*?) \|", section, re.MULTILINE) for name in re.findall(r"`([^`]+)`", row)}
    return compare("event", emitted, documented, "docs/troubleshooting.md")


def fields_of(schema, path=()):
    """The names of a schema's fields; of what Kubernetes defines itself (selectors, conditions) only the field that holds it."""
    if schema.get("type") == "array":
        yield from fields_of(schema.get("items", {}), path)
        return
    properties = schema.get("properties", {})
    if "matchExpressions" in properties or {"lastTransitionTime", "reason"} <= set(properties):
        return
    for key, value in properties.items():
        yield (*path, key)
        yield from fields_of(value, (*path, key))


def fields():
    import yaml

    page = (ROOT / "docs/configuration.md").read_text()
    for file in sorted((ROOT / "charts/toono/crds").glob("*.yaml")):
        resource = yaml.safe_load(file.read_text())
        kind = resource["spec"]["names"]["kind"]
        sections = re.findall(r"^## (.*)$((?:\n(?!## ).*)*)", page, re.MULTILINE)
        text = "\n".join(body for heading, body in sections if re.search(rf"\b{kind}\b", heading))
        if not text:
            yield f"docs/configuration.md has no section on {kind}"
            continue
        for version in resource["spec"]["versions"]:
            properties = version["schema"]["openAPIV3Schema"]["properties"]
            for part in ("spec", "status"):
                for path in fields_of(properties.get(part, {})):
                    if not re.search(rf"(?<![\w-]){re.escape(path[-1])}(?![\w-])", text):
                        yield f"docs/configuration.md does not have {part}.{'.'.join(path)} of {kind}"


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 64
    folder = pathlib.Path(sys.argv[1]).resolve()
    flags = program_flags(folder)
    passed = failed = 0
    for what, problems in [
        ("links lead somewhere", broken_links()),
        ("each page is linked", unreachable_pages()),
        ("the programs' help has flags", [p for p, f in flags.items() if len(f) < 5]),
        ("docs have each flag", undocumented_flags(flags)),
        ("programs have each flag of the docs", unknown_flags(flags)),
        ("docs have each reason, and no other", reasons()),
        ("docs have each warning, and no other", warnings()),
        ("paragraphs say something", empty_paragraphs()),
        ("docs have each metric, and no other", metrics()),
        ("docs have each event, and no other", events()),
        ("docs have each annotation, and no other", annotations()),
        ("docs have each field", fields()),
    ]:
        problems = list(problems)
        if problems:
            failed += 1
            print(f"FAILED: {what}", *problems, sep="\n  ", file=sys.stderr)
        else:
            passed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
