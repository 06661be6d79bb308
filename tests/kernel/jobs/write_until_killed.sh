# SPDX-License-Identifier: BSD-3-Clause
# Writes to all devices at once until the guest loses its power. WRITERS, POOL: of each device.
. /job/settings

for device in /dev/pmem*s; do
  /job/sector_tool write "$(dimm_of "$device")" "$device" "$(blockdev --getss "$device")" \
    "$POOL" "$WRITERS" &
done
wait
