"""The language every part of Fram shares: keys, the graph model, entities, errors, settings and wire schemas."""
