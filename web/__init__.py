"""The county's door: pages, API and commands over the engine. Thin: no rule of the procedure lives here."""
