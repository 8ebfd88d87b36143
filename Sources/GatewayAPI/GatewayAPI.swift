// GatewayAPI
