with changes as (

    select * from {{ source('raw', 'shop_subscriptions') }}
    where _cdc_op <> 'd'

),

rates as (

    select * from {{ source('raw', 'fx_rates') }}

)

select
    changes.id as subscription_id,
    changes._loaded_at as valid_from,
    lead(changes._loaded_at) over (partition by changes.id order by changes._cdc_lsn) as valid_to,
    changes.customer_id,
    changes.plan,
    changes.status,
    changes.interval_weeks,
    round(
        changes.price_per_delivery / (changes.interval_weeks * 7) * (365 / 12) / coalesce(rates.rate, 1), 2
    ) as monthly_value_eur,
    changes.cancel_reason
from changes
left join rates
    on rates.quote_currency = changes.currency
    and rates.rate_date = changes._loaded_at::date
