from equipment.models.alarm import Alarm, AlarmSetting
from equipment.models.claim import Claim
from equipment.models.room import Place, Room
from equipment.models.unit import EquipmentClass, Unit

__all__ = ["Alarm", "AlarmSetting", "Claim", "EquipmentClass", "Place", "Room", "Unit"]
