"""What is told to whom when something happens, one module per area: shared by chat, clock and pages."""
