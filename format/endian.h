// SPDX-License-Identifier: BSD-3-Clause
// On-media integers: little-endian, unaligned, and without implicit conversion, so that every
// crossing between media and host order is visible as `.value()`.
#pragma once

#include <boost/endian/buffers.hpp>

namespace ndmedic {

using Le16 = boost::endian::little_uint16_buf_t;
using Le32 = boost::endian::little_uint32_buf_t;
using Le64 = boost::endian::little_uint64_buf_t;
using Byte = boost::endian::little_uint8_buf_t;

}  // namespace ndmedic
