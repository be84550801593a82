"""The HubSpot stand-in: CRM search and properties, as developers.hubspot.com documents them."""
