// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/planned_copy.h>

#include <ndmedic/cli/media_bytes.h>
#include <ndmedic/cli/output_file.h>

namespace ndmedic::cli {
namespace {

Status copy_run(const Media& media, const ExtentRun& run, OutputFile& output) {
  if (run.kind == ExtentKind::zero) return output.write_zeros(run.range.size);
  Status written;
  NDMEDIC_CHECK(
      for_each_window(media, run.range, [&](std::uint64_t, std::span<const std::byte> bytes) {
        if (written) written = output.write(bytes);
      }));
  return written;
}

}  // namespace

PlannedCopy copy_planned(const PlannedFiles& files, std::size_t n, const std::string& path,
                         const std::vector<std::string>& inputs, Io& io) {
  auto output = OutputFile::open(path, io.out, inputs);
  if (!output) return {output.error(), true};
  const auto image = files.planned(n);
  if (!image) return {image.error(), false};
  Status status;
  const Status visited = for_each_run(**image, {0, (*image)->size()}, [&](const ExtentRun& run) {
    status = copy_run(**image, run, **output);
    return status.has_value();
  });
  if (!visited) return {visited, false};
  if (!status) return {status, true};
  return {(*output)->finish(), true};
}

}  // namespace ndmedic::cli
