"""The rules as data: YAML under rules/, read with the place of every word."""
