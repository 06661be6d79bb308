// SPDX-License-Identifier: BSD-3-Clause
// Understands one IMAGE: which kind of device it is, and where its label area and data lie.
#pragma once

#include <ndmedic/format/finding.h>
#include <ndmedic/image/image.h>

namespace ndmedic {

/// Detects the kind of `input` (or takes it from `options`), cuts it into label area and data, and
/// reads the label area. Findings get `index` as their device. Errors: those of Media::read that
/// leave nothing to show, and invalid for options that do not fit the file (what says which).
Result<DeviceImage> open_device(std::uint32_t index, ImageInput input, const OpenOptions& options,
                                FindingSink& findings);

}  // namespace ndmedic
