"""CORE. Ticket, event, people, threading, orders, who may do what, and what to tell whom; pure."""
