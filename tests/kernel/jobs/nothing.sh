# SPDX-License-Identifier: BSD-3-Clause
# Shows that a kernel starts.
exit 0
