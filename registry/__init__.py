"""The facts: areas, households, members, incomes, measures and their history. Knows nothing of BPMN."""
