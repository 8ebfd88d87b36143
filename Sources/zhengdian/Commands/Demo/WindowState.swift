import Sandbox

/// Where a simulated window stands with a case, beside the gateway's own case of the same name.
typealias WindowState = PermitCase.State
