"""EDGE. Tables, migrations and every query; rows never leave, only frozen values do."""
