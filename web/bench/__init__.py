"""What `fangfan bench` measures: each module one row of the table, as a function that returns plain data."""
