"""Results to one HTML document: tables, figures, chapters."""
