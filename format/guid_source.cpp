// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/format/guid_source.h>

#include <algorithm>
#include <boost/uuid/uuid_generators.hpp>

namespace ndmedic {

GuidSource::GuidSource(std::optional<std::uint64_t> seed) {
  if (seed) engine_.emplace(*seed);
}

Result<Guid> GuidSource::next() {
  boost::uuids::uuid uuid{};
  if (engine_) {
    uuid = boost::uuids::basic_random_generator<std::mt19937_64>(*engine_)();
  } else {
    try {
      uuid = boost::uuids::random_generator()();
    } catch (const boost::uuids::entropy_error&) {
      return Error{Errc::io, {}, "system entropy"};
    }
  }
  Guid guid;
  std::copy(uuid.begin(), uuid.end(), guid.bytes.begin());
  return guid;
}

}  // namespace ndmedic
