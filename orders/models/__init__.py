from orders.models.order import Collection, Order, OrderSet
from orders.models.patient import Patient, PatientIdentity, PatientKey
from orders.models.register import CoiRegister

__all__ = [
    "CoiRegister",
    "Collection",
    "Order",
    "OrderSet",
    "Patient",
    "PatientIdentity",
    "PatientKey",
]
