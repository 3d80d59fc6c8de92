"""Reads contact cards as an address book does, and prints what it understood."""

import json
import sys

import vobject

cards = []
for card in vobject.readComponents(sys.stdin.buffer.read().decode("utf-8")):
    lines = []
    for line in card.getSortedChildren():
        value = line.value
        if line.name == "N":
            value = [value.family, value.given, value.prefix]
        elif line.name == "ADR":
            value = [value.street, value.city, value.region, value.code, value.country]
        lines.append([line.name, sorted(kind.upper() for kind in line.params.get("TYPE", [])), value])
    cards.append(lines)
json.dump(cards, sys.stdout)
