"""The corpus of data flow: cells, and which earlier executions the last one comes from."""
