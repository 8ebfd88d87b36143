internal import CCurl

extension Transfer {
  /// What became of a transfer curl reports as finished. Must be read before the handle is used again.
  func outcome(_ code: CURLcode, now: MonotonicTime) -> Result<HTTPResponse, TransportError> {
    guard stop == nil, code == CURLE_OK else { return .failure(error(for: code, now: now)) }
    guard let status = head.status, head.isComplete else {
      return .failure(
        failure(
          .partialBody, "the reply ended before its head did",
          remedy:
            "Ask again; if it keeps happening, something between here and the platform cuts replies off.",
          now: now))
    }
    do throws(BodyDecoder.Problem) { try decoder?.finish() } catch {
      stop = Self.stop(for: error)
      return .failure(self.error(for: code, now: now))
    }
    let framing: HTTPResponse.Framing =
      if hasNoBody { .noBody } else if head.isChunked { .chunked } else if head.declaredLength != nil {
        .contentLength
      } else { .untilClose }
    return .success(
      HTTPResponse(
        status: status, headers: head.headers, body: body, framing: framing, timings: timings(now: now),
        remoteAddress: remoteAddress, attempts: attempts,
        connectionReused: connectionsOpened == 0, requestComplete: isRequestComplete))
  }

  /// The error of a transfer that is ended here and not by curl.
  func failure(
    _ code: TransportError.Code, _ message: String, remedy: String, now: MonotonicTime
  ) -> TransportError {
    TransportError(
      code: code, message: message, remedy: remedy, requestBytesSent: attempts > 1 || hasSentBytes,
      requestComplete: isRequestComplete,
      partial: PartialResponse(status: head.status, headers: head.headers, body: body), attempts: attempts,
      timings: timings(now: now), origin: call.url.origin, detail: easy.errorDetail)
  }

  /// Connections curl made for this transfer.
  var connectionsOpened: Int { easy.number(CURLINFO_NUM_CONNECTS) }

  private var isRequestComplete: Bool {
    hasSentBytes && easy.offset(CURLINFO_SIZE_UPLOAD_T) >= request.body?.count ?? 0
  }

  private var remoteAddress: String {
    guard let address = easy.text(CURLINFO_PRIMARY_IP), !address.isEmpty else { return "" }
    let port = easy.number(CURLINFO_PRIMARY_PORT)
    return address.utf8.contains(0x3A) ? "[\(address)]:\(port)" : "\(address):\(port)"
  }

  private func error(for curlCode: CURLcode, now: MonotonicTime) -> TransportError {
    if let stop { return failure(stop.code, stop.message, remedy: stop.remedy, now: now) }
    if refusedAddress && attempts == 0 && curlCode == CURLE_COULDNT_CONNECT {
      let refusal = EgressPolicy.refusedAddress(origin: call.url.origin)
      return failure(refusal.code, refusal.message, remedy: refusal.remedy, now: now)
    }
    let kind = FailureKind(curlCode, detail: easy.errorDetail ?? "", transfer: self)
    return failure(kind.code, kind.message, remedy: kind.remedy, now: now)
  }
}
