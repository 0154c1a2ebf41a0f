-- Sends the requests of a file by turns; they are kept apart by zero bytes. Prints numbers alone.
local requests, place = {}, 0

function init(args)
  for each in io.open(args[1], "rb"):read("*a"):gmatch("[^%z]+") do
    requests[#requests + 1] = each
  end
end

function request()
  place = place % #requests + 1
  return requests[place]
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.timeout + errors.status
  print("RESULT", summary.requests, failed, summary.duration, summary.bytes,
    latency:percentile(50), latency:percentile(95), latency:percentile(99))
end
