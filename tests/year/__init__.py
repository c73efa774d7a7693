"""A simulated year of activities, menus and points, on a virtual clock."""
