"""How text becomes the tokens it is found by: one rule for every adapter, for documents and for what is typed. Pure.

Text is cut into runs of letters and digits; a run is split where case, script or digits change, folded (compatibility
forms, case, accents) and brought to the singular of English. Scripts written without spaces (Chinese, Japanese,
Korean, Thai, …) become overlapping pairs of characters and, last, the single one at the end of the run: so a pair
finds every place where it stands, and one character is the beginning of a token wherever it stands.
Tokens never contain a space: joined by spaces they are what an engine's whitespace tokenizer gives back.
"""

import re
import unicodedata
from typing import NamedTuple

from search_service.remembered import Remembered

MAX_TOKEN = 64
_MOST_RUNS = 16_384  # remembered, of those met of late

_RUN = re.compile(r"[^\W_]+")
# The same for ASCII, by tables of bytes, which takes a third of the time: signs become spaces, or are left out.
_SIGNS = bytes(code for code in range(128) if not chr(code).isalnum())
_APART = bytes(32 if code in _SIGNS else code for code in range(256))
# Ranges of scripts that are read by pairs of characters, Hangul among them for its particles.
_PAIRED = re.compile(
    "[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff]"
)
_ACCENTS = re.compile("[\u0300-\u036f]")
_IRREGULAR = {
    "people": "person",
    "children": "child",
    "men": "man",
    "women": "woman",
    "indices": "index",
    "matrices": "matrix",
    "vertices": "vertex",
    "criteria": "criterion",
}


class Token(NamedTuple):
    """A token and where in the (composed) text it stands."""

    text: str
    start: int
    end: int


class Run(NamedTuple):
    """Letters and digits that stand together: the tokens they are found by, whether read by pairs of characters."""

    text: str
    tokens: tuple[str, ...]
    paired: bool


def compose(text: str) -> str:
    """Return the text in composed form, in which positions are given."""
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Return the text in the form in which whole values are compared: without case, accents and width."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFC", _ACCENTS.sub("", apart))


def joined(text: str) -> str:
    """Return letters and digits alone: `fct_orders`, `FctOrders` and `fct orders` are spelt alike."""
    if text.isascii():
        return text.lower().encode().translate(None, _SIGNS).decode()
    return "".join(_RUN.findall(fold(compose(text))))


def tokens(text: str) -> list[str]:
    """Return the tokens of a text, in their order."""
    return spaced(text).split()


def spaced(text: str) -> str:
    """Return the tokens of a text, in their order, joined by spaces."""
    if text.isascii():
        return " ".join(map(_run_spaced, text.encode().translate(_APART).decode().split()))
    return " ".join(filter(None, map(_run_spaced, _RUN.findall(compose(text)))))


def spaced_and_joined(text: str) -> tuple[str, str]:
    """Return what `spaced` and `joined` return of a text, which is cut once for both."""
    if not text.isascii():
        return spaced(text), joined(text)
    found = text.encode().translate(_APART).decode().split()
    return " ".join(map(_run_spaced, found)), "".join(found).lower()


def tokens_in_place(text: str) -> list[Token]:
    """Return the tokens with where they stand in `compose(text)`."""
    return [
        Token(token, match.start() + start, match.start() + end)
        for match in _RUN.finditer(compose(text))
        for token, start, end in _run_split(match[0])
    ]


def runs(text: str) -> list[Run]:
    """Return what was typed as runs, `camelCase` as one a word but `ean13` and `v2` as one of two tokens.

    Within a run, the end token of paired characters is left out (see above).
    """
    found: list[Run] = []
    for run in _RUN.findall(compose(text)):
        for paired, part in _scripts(run):
            words = [part] if paired else [word for word, _ in _words(part)]
            if not all(len(word) > 1 and word.isalpha() for word in words):
                words = [part]
            for word in words:
                texts = tuple(token for token, _, _ in _run_split(word))
                found.append(Run(fold(word), texts[:-1] if paired and len(texts) > 1 else texts, paired))
    return found


def in_a_row(text: str) -> tuple[str, ...]:
    """Return the tokens that stand side by side wherever this text does."""
    found = tuple(tokens(text))
    last = runs(text)[-1:]
    return found[:-1] if len(found) > 1 and last and last[0].paired and len(last[0].text) > 1 else found


def singular(word: str) -> str:
    """Bring an English word to a form that its singular and plural share. Not always a word."""
    if len(word) < 3 or not word.isascii() or not word.isalpha():
        return word
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("ie") and len(word) > 4:
        return word[:-2] + "y"
    if word.endswith("sis") and len(word) > 4:
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    if len(word) > 3 and word.endswith(("se", "xe", "ze", "che", "she", "oe")):
        word = word[:-1]
    return word


def _spaced(run: str) -> str:
    if run.isascii() and (run.isdecimal() or (run.isalpha() and run.islower())):
        return singular(run)[:MAX_TOKEN]  # a word or a number by itself, as most are
    return " ".join([token for token, _, _ in _split(run)])


def _split(run: str) -> tuple[tuple[str, int, int], ...]:
    found: list[tuple[str, int, int]] = []
    place = 0
    for paired, part in _scripts(run):
        if paired:
            found += _pairs(part, place)
        else:
            found += [
                (token, place + start, place + start + len(word))
                for word, start in _words(part)
                if (token := singular("".join(fold(word).split()))[:MAX_TOKEN])
            ]
        place += len(part)
    return tuple(found)


def _scripts(run: str) -> list[tuple[bool, str]]:
    """Cut a run where it changes between scripts read by pairs and others."""
    if run.isascii():
        return [(False, run)]
    found: list[tuple[bool, str]] = []
    for character in run:
        paired = _PAIRED.match(character) is not None
        if found and found[-1][0] is paired:
            found[-1] = (paired, found[-1][1] + character)
        else:
            found.append((paired, character))
    return found


def _pairs(part: str, place: int) -> list[tuple[str, int, int]]:
    text = fold(part)
    if len(text) != len(part):  # half-width forms compose: positions within the run are lost
        return [(text[at : at + 2], place, place + len(part)) for at in range(len(text))]
    return [(text[at : at + 2], place + at, place + min(at + 2, len(part))) for at in range(len(text))]


def _words(part: str) -> list[tuple[str, int]]:
    """Split letters and digits where the case or the sort of character changes, each with where it begins."""
    if part.isdecimal() or (part.isalpha() and part.islower()):
        return [(part, 0)]
    starts = [0]
    for at in range(1, len(part)):
        if _begins_word(part, at, starts[-1]):
            starts.append(at)
    ends = [*starts[1:], len(part)]
    return [(part[start:end], start) for start, end in zip(starts, ends, strict=True)]


def _begins_word(part: str, at: int, start: int) -> bool:
    before, here, after = part[at - 1], part[at], part[at + 1 : at + 2]
    if before.isdecimal() != here.isdecimal():
        return True
    if not here.isupper():
        return False
    if not before.isupper():
        return at - start > 1  # eMail and iPhone are one word
    return after.islower() and part[at + 1 :] != "s"  # HTMLPage, but not IDs


_run_spaced = Remembered(_spaced, _MOST_RUNS).__getitem__
_run_split = Remembered(_split, _MOST_RUNS // 4).__getitem__
