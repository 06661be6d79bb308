// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/image/build_pool.h>

#include <ndmedic/image/build_btt.h>

namespace ndmedic {

Result<std::vector<ArenaPlaces>> build_pool(Media& media, const PoolFormat& format, bool virgin) {
  std::vector<ArenaPlaces> arenas;
  if (!virgin) {
    NDMEDIC_TRY(arenas, build_btt(media, plan_of(format)));
  }
  NDMEDIC_CHECK(write_pool_start(media, format, true));
  return arenas;
}

}  // namespace ndmedic
