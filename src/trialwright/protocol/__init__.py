"""The protocol as data: model, YAML document, checks, settling, and what the engines take."""
