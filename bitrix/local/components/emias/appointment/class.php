<?php

use Bitrix\Main\DI\ServiceLocator;
use Bitrix\Main\Engine\ActionFilter;
use Bitrix\Main\Engine\Contract\Controllerable;
use Bitrix\Main\Error;
use Bitrix\Main\ErrorCollection;
use Bitrix\Main\Errorable;
use Bitrix\Main\Loader;
use Bitrix\Main\UI\Extension;
use Emias\Gateway\Client\Exception\GatewayException;
use Emias\Gateway\Controller\Told;
use Emias\Gateway\Service\Directory;

if (!defined('B_PROLOG_INCLUDED') || B_PROLOG_INCLUDED !== true) {
    die();
}

/**
 * The booking page. What the server writes is the same for every visitor, so the page may stand in the composite
 * cache; everything of this visitor is asked for by the script.
 */
class EmiasAppointmentComponent extends CBitrixComponent implements Controllerable, Errorable
{
    private const ENDPOINT = '/bitrix/services/main/ajax.php';
    private const HORIZON_DAYS = 30;

    private ErrorCollection $errors;

    public function __construct($component = null)
    {
        parent::__construct($component);
        $this->errors = new ErrorCollection();
    }

    public function onPrepareComponentParams($params)
    {
        $text = static fn (string $name): string => trim((string) ($params[$name] ?? ''));
        $days = (int) ($params['HORIZON_DAYS'] ?? 0);

        return [
            'DOCTOR_ID' => $text('DOCTOR_ID'),
            'PHONE' => $text('PHONE'),
            'PORTAL_URL' => self::webAddress($text('PORTAL_URL')),
            'CONSENT_URL' => self::webAddress($text('CONSENT_URL')),
            'HORIZON_DAYS' => $days > 0 ? min($days, 60) : self::HORIZON_DAYS,
            'SHOW_FIND' => ($params['SHOW_FIND'] ?? 'Y') === 'N' ? 'N' : 'Y',
        ] + $params;
    }

    public function executeComponent()
    {
        Extension::load('emias.gateway');
        $this->arResult = [
            'PHONE' => $this->arParams['PHONE'],
            'PORTAL_URL' => $this->arParams['PORTAL_URL'],
            'CONFIG' => [
                'endpoint' => self::ENDPOINT,
                'site' => SITE_ID,
                'language' => LANGUAGE_ID,
                'doctor' => $this->arParams['DOCTOR_ID'],
                'phone' => $this->arParams['PHONE'],
                'portalUrl' => $this->arParams['PORTAL_URL'],
                'consentUrl' => $this->arParams['CONSENT_URL'],
                'horizonDays' => $this->arParams['HORIZON_DAYS'],
                'showFind' => $this->arParams['SHOW_FIND'] === 'Y',
            ],
        ];
        $this->includeComponentTemplate();
    }

    public function configureActions()
    {
        $anybody = [
            'prefilters' => [
                new ActionFilter\HttpMethod([ActionFilter\HttpMethod::METHOD_POST]),
                new ActionFilter\Csrf(),
                new ActionFilter\CloseSession(),
            ],
        ];

        return ['specialties' => $anybody, 'doctors' => $anybody];
    }

    /**
     * @return array<string, mixed>|null
     */
    public function specialtiesAction(): ?array
    {
        return $this->told(static fn (Directory $directory): array => $directory->specialties());
    }

    /**
     * @return array<string, mixed>|null
     */
    public function doctorsAction(string $specialty): ?array
    {
        return $this->told(static fn (Directory $directory): array => $directory->doctors(mb_substr($specialty, 0, 64)));
    }

    public function getErrors()
    {
        return $this->errors->toArray();
    }

    public function getErrorByCode($code)
    {
        return $this->errors->getErrorByCode($code);
    }

    /**
     * @param Closure(Directory): array<string, mixed> $ask
     * @return array<string, mixed>|null
     */
    private function told(Closure $ask): ?array
    {
        if (!Loader::includeModule('emias.gateway')) {
            $this->errors[] = new Error('', 'site_not_configured');

            return null;
        }
        try {
            return $ask(ServiceLocator::getInstance()->get('emias.gateway.directory'));
        } catch (GatewayException $refusal) {
            $this->errors[] = Told::error($refusal);

            return null;
        }
    }

    /** Lets through a path or a web address; a "javascript:" in a parameter must not become a link. */
    private static function webAddress(string $given): string
    {
        return preg_match('~^(https?://|/(?!/))~i', $given) ? $given : '';
    }
}
