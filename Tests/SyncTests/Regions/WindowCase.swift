import Sandbox

/// What a window has, beside the gateway's own case of the same name.
typealias WindowCase = PermitCase
