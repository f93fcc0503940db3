#!/usr/bin/env python3
"""Makes src/read/series.tsv from an xep.ent file: the facts that a lone XEP needs to be read without one.

    tools/make_series_table.py path/to/xep.ent > src/read/series.tsv

The table holds single facts alone: names, numbers, titles, addresses of pages, and signs. Sentences, persons and the legal
notice stay in xep.ent: where an entity holds a sentence, the table holds the name and address of what it speaks of.

Columns, separated by tabs: name, kind, and what the kind needs.

    xep      title, full title where it differs
    rfc      title
    ref      display, title, url   a linked name, and a note with title and url
    plain    display, title        a name without a link, and a note
    link     display, url          a linked name without a note
    url      url                   an address in angle brackets
    text     characters
    signs    XML with sub- and superscript signs
    own      XML in the words of this project (OWN below)
    legal    (nothing)             a legal notice
"""

import html
import re
import sys

# What these entities say, said shortly in our own words.
OWN = {
    "VNOTE": "(see <link url='#registrar-versioning'>Namespace Versioning</link>)",
    "NSNOTE": "(see <link url='#ns'>Protocol Namespaces</link>)",
    "NSVER": "<p>An incompatible revision of this protocol gets a new version number at the end of its namespaces; see &xep0053;.</p>",
    "BOOLEANNOTE": "<note>An xs:boolean is written 'true' or '1', 'false' or '0'; see &w3xmlschema2;.</note>",
    "REGPROCESS": "<p>New values for this registry are sent to &REGISTRAR; as an XML fragment of this form:</p>",
    "CONFORMANCE": "<p>The key words for requirements in this document are used as &rfc2119; defines them.</p>",
}

COMMENT = re.compile(r"<!--.*?-->", re.S)
ENTITY = re.compile(r"<!ENTITY\s+([^\s%]+)\s+(?:\"([^\"]*)\"|'([^']*)')\s*>")
LINK = re.compile(r"<link url='([^']*)'>([^<]*)</link>", re.S)
REF = re.compile(r"^(?:the )?<span class='ref'>(.*?)</span>\s*(?:<note>(.*)</note>)?$", re.S)
TITLE = re.compile(r"^(.*?)\s*(?:&lt;|\(|\.$|:? ?<link)", re.S)
SENTENCE = re.compile(r"\b(is|are|was|were|has|been|provides?|defines?|maintains?|develops|developed|see|wants|can|includes)\b")


def clean(text):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", "", text))).strip()


def note_title(note, display):
    """The title that a note gives, or the displayed name where the note is a sentence."""
    title = clean(re.split(r"\s*&lt;|\s*<link", note)[0]).rstrip(".:, ")
    if not title or len(title) > 160 or SENTENCE.search(title) or ". " in title:
        return display
    return title


def reference(name, match):
    shown, note = match.groups()
    link = LINK.search(shown)
    display = clean(shown)
    url = link.group(1) if link else ""
    if re.fullmatch(r"xep\d{4}", name):
        short = re.sub(r" *\(XEP-.*\)$", "", display)
        full = re.sub(r"^XEP-\d+: *", "", note_title(note or "", short))
        return "xep", [short] if short == full else [short, full]
    if re.fullmatch(r"rfc\d+", name) and note and url == "http://tools.ietf.org/html/" + name:
        title = clean(re.split(r"\s*&lt;", note)[0])
        return "rfc", [re.sub(r"^RFC \d+: *", "", title)]
    if note is None:
        return "link", [display, url]
    return ("ref", [display, note_title(note, display), url]) if url else ("plain", [display, note_title(note, display)])


def row(name, value):
    if name in OWN:
        return "own", [OWN[name]]
    if "<legal>" in value:
        return "legal", []
    if "<author" in value:
        return None
    if "<" not in value and "&" not in re.sub(r"&(lt|gt|quot|amp|#\w+);", "", value):
        return "text", [html.unescape(value)]
    match = REF.match(value.strip())
    if match:
        return reference(name, match)
    match = re.fullmatch(r"&lt;" + LINK.pattern + r"&gt;", value)
    if match:
        return "url", [match.group(1)]
    if re.search(r"class='su[bp]", value) or re.fullmatch(r"\{.*\}", value):
        return "signs", [value]
    sys.stderr.write(f"left out: {name}: {value[:80]}\n")
    return None


def main():
    text = COMMENT.sub("", open(sys.argv[1], encoding="utf-8").read())
    rows = {}
    for name, double, single in ENTITY.findall(text):
        made = row(name, double or single)
        if made and name not in rows:
            rows[name] = made
    for name in sorted(rows):
        kind, fields = rows[name]
        print("\t".join([name, kind, *fields]))


main()
